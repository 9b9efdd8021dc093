"""The guided tour: a dozen things to do on a small network, each pointed at, and done by the person."""
