"""Custom layers on screen: reading their code, trusting it, and writing it."""
