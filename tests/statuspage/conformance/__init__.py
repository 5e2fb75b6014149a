"""The probe against the simulator."""
