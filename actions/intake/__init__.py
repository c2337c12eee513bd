"""The symptom intake: asks what matters, decides how soon, shows the way. The medicine is in `clinic.triage`."""
