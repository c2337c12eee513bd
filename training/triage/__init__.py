"""How careful the triage is: the danger screen on labelled messages, the intake on clinical vignettes."""
