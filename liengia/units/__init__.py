"""Units: administrative units in time, and who followed whom.

Words: a *unit* is one legal existence (province, district, commune, hamlet, self-managed group) from a day to a
day; a *succession* says which unit took over from which; a *reform* is many successions of one day.
Public door: `models.Unit`, `models.Succession`, `models.RoomSwitch`, `services` (create_unit, rename_unit,
end_unit, switch_room), `reforms.apply_reform`, `succession.register`, `scope`.
"""
