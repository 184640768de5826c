"""What every room stands on and that knows no area.

Words: *actor* (who acts), *chore* (what the worker repeats), *poke* ("something new", over the bus),
*position* (place of a row in the one order that live pages resume from).

Public door: `clock`, `actor`, `errors`, `workflow`, `text`, `fields`, `worker`, `live`.
"""
