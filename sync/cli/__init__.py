"""The command line: options in, sentences and files out, exit statuses that scripts can rely on."""
