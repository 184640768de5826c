"""E-mail, by Django's own mail and the installation's server; each letter can be ended by one press, without signing in."""
