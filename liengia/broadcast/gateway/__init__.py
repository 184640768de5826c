"""One way to speak to any provider with an HTTP interface: a template of its request, how its answer is read, what it reports.

`http` opens connections (public https hosts only), `template` fills requests, `answers` reads them, `reports` reads what a
provider sends back, `segments` counts SMS. Nothing here keeps or logs a token, a phone number or a text.
"""
