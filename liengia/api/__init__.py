"""The doors for other programs: Open311 GeoReport v2.

Words: service (a topic), service request (an opinion as the standard names it), jurisdiction (a commune, by its code),
key (with which a program may file), token (with which it asks later for the public number).
Public door: `georeport.told`, `services.mint_key`, `services.revoke_key`, `services.file_report`.
"""
