"""One visual language: colours, spaces, type and the style sheet made of them."""
