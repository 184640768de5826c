"""Vietnamese text made speakable, and spoken.

`reading.speakable` turns what an office writes ("07h30 ngày 06/8/2023, UBND xã") into what a person would read aloud;
`engines` speak it. No table of the database is needed here.
"""
