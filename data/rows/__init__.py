"""What sources and the incident table share: the contract, times, validation, rejected rows."""
