"""How conversations are remembered and the next action is chosen: Rasa's own parts, made quick."""
