"""`certify standards`: writing packs, proving that their checks refuse, reading bases, signing.

One file per command. Each finds the pack or basis that it is given (`place`), asks the core, and prints
(`page`) or hands back JSON.
"""
