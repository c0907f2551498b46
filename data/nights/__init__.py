"""The night-time economy review: nights, night-time areas, and licensed premises near them."""
