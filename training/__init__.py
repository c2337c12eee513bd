"""The data team's loop: how well the model understands, and what to do next."""
