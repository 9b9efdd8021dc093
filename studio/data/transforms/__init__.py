"""What is done to samples before a network sees them: fitted on the training part, drawn batch by batch."""
