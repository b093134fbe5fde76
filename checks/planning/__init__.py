"""How much evidence is enough: beforehand, as a plan, and afterwards, as advice to whoever was refused.

Planning sees limits, and therefore measures nothing: what it knows of a system was measured by the methods or
claimed by the vendor. It promises nothing that the methods would not deliver, because it asks the same
interval functions as they do.
"""
