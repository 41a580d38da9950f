"""What our things look like on the wire (wire.md, sections 4 and 5)."""
