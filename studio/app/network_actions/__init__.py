"""The Network menu: actions on whole networks, with a look at what they change before they do."""
