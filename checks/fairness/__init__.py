"""Whether groups of persons are treated alike: rates per group, and how far they lie apart."""
