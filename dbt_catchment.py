"""dbt's door to the contract checks: `dbt build` stops at a wrong contract.

dbt loads every installed module whose name begins with `dbt_` and asks its
plugins for artifacts once the project is parsed (dbt/plugins/manager.py). That
is the one moment at which a mistake can be told before any SQL runs, with the
line of the YAML, which no macro can see. dbt calls the interface experimental;
`tests/warehouse/test_contract_errors.py` fails if it goes away.
"""

from pathlib import Path

from dbt.contracts.graph.manifest import Manifest
from dbt.flags import get_flags
from dbt.plugins.contracts import PluginArtifacts
from dbt.plugins.manager import dbt_hook, dbtPlugin

from catchment import catalog, contract_words, parameters, yaml_lines
from catchment.mistakes import ContractError


class ContractCheck(dbtPlugin):
    """Reads all contracts and API definitions of the project being built."""

    @dbt_hook  # type: ignore[untyped-decorator]
    def get_manifest_artifacts(self, manifest: Manifest) -> PluginArtifacts:
        written = manifest.writable_manifest().to_dict()
        document = catalog.document_of(written)
        mistakes = list(parameters.unfit_defaults(document["models"]))
        mistakes += contract_words.tests_of_dropped(written)
        try:
            catalog.parse(document)
        except ContractError as error:
            mistakes = [*error.mistakes, *mistakes]
        if mistakes:
            flags = get_flags()  # type: ignore[no-untyped-call]
            folder = Path(flags.PROJECT_DIR or Path.cwd())
            raise ValueError(yaml_lines.report(ContractError(mistakes), folder))
        return {}


plugins = [ContractCheck]
