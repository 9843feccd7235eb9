"""Commands that bring the project to AWS."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from catchment.local.deploy.zips import Package


@click.command()
@click.option(
    "--arch",
    type=click.Choice(["arm64", "x86_64"]),
    default="arm64",
    show_default=True,
    help="Processor of the functions and builds; Terraform's variable architecture.",
)
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    show_default="dist/ of the project",
    help="Folder to put them into.",
)
@click.option(
    "--ca",
    envvar="RDS_CA",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="AWS's global-bundle.pem of RDS, where it cannot be fetched; or RDS_CA.",
)
def package(arch: str, to: Path | None, ca: Path | None) -> None:
    """Build lambda.zip, which all Lambdas run, and warehouse.zip, for CodeBuild.

    Of the same commit and certificates they are the same to the byte. Wheels come
    from the package index, certificates from AWS, which are kept in .catchment/
    (remove rds-ca.pem there to fetch them anew). A deployment fetches nothing.
    """
    from catchment.local import state
    from catchment.local.deploy import authorities
    from catchment.local.deploy import package as packages

    root = state.project_root()
    folder = to or root / "dist"
    certificates = authorities.text(root, ca)
    for name, build, allowed in (
        ("lambda.zip", packages.build_lambda, packages.LARGEST),
        ("warehouse.zip", packages.build_warehouse, None),
    ):
        _show(build(root, arch, certificates, folder / name), allowed)


def _show(built: "Package", allowed: int | None) -> None:
    """Sizes in MB of 2^20 bytes, as Lambda's limits are meant."""
    import hashlib

    digest = hashlib.sha256(built.path.read_bytes()).hexdigest()
    limit = f" (of {allowed / 2**20:.0f} allowed)" if allowed else ""
    click.echo(
        f"{built.path}: {built.size / 2**20:.1f} MB, {built.files:,} files, "
        f"{built.unpacked / 2**20:.1f} MB unpacked{limit}"
    )
    click.echo(f"sha256 {digest}")


COMMANDS = (package,)
