"""The command line as a person or a script meets it: sentences, files and exit statuses."""
