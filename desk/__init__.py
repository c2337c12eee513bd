"""The staff's web app. First version: who waits for a person, and the coming appointments; read only."""
