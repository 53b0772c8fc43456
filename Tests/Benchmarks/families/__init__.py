"""One file a family: its data, how it is called, how its peers are, what is right."""
