# The first run, settings and diagnosis in English.
