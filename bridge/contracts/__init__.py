"""Which message event has which name and which properties in Amplitude, by version of the integration page."""

from bridge.contracts.table import Contract, ContractEvent
from bridge.contracts.year_2022 import CONTRACT_2022
from bridge.contracts.year_2026 import CONTRACT_2026

CONTRACTS = {contract.name: contract for contract in (CONTRACT_2022, CONTRACT_2026)}

__all__ = ["CONTRACTS", "Contract", "ContractEvent"]
