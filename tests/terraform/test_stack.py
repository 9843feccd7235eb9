"""The whole stack: applied, planned again, kept from destroy, destroyed."""

from tests.terraform.conftest import Stack, Terraform

PROTECTED = "-var=name=kept"
UNPROTECTED = "-var=deletion_protection=false"


def test_a_stack_is_destroyed_or_renamed_only_after_its_protection_is_off(
    terraform: Terraform,
) -> None:
    terraform.apply(PROTECTED)
    made = terraform.state()

    refused = terraform("destroy", "-auto-approve", PROTECTED, UNPROTECTED)
    assert refused.returncode == 1
    said = " ".join(refused.stderr.split())
    assert "Deletion protection of the stack kept is on" in said
    assert "terraform apply -var name=kept -var deletion_protection=false" in said
    assert len(made) > 100
    assert terraform.state() == made

    renamed = terraform("apply", "-auto-approve", "-var=name=other")
    assert renamed.returncode == 1
    assert "of the stack kept is on" in " ".join(renamed.stderr.split())
    assert terraform.state() == made

    terraform.apply(PROTECTED, UNPROTECTED)
    destroyed = terraform("destroy", "-auto-approve", PROTECTED, UNPROTECTED)
    assert destroyed.returncode == 0, destroyed.stderr
    assert terraform.state() == []


def test_a_package_that_is_not_there_is_told_before_anything_is_made(
    terraform: Terraform,
) -> None:
    done = terraform("plan", PROTECTED, "-var=package=no.zip")
    assert done.returncode == 1
    assert "There is no package no.zip: run `make package` first." in done.stderr


def test_a_stack_of_another_workspace_is_not_touched(terraform: Terraform) -> None:
    terraform("workspace", "new", "one")
    done = terraform("plan", "-var=name=other")
    assert done.returncode == 1
    said = " ".join(done.stderr.replace("│", " ").split())
    assert "terraform workspace select -or-create=true other" in said


def test_a_second_plan_changes_nothing(stack: Stack) -> None:
    done = stack.terraform("plan", "-detailed-exitcode")
    assert done.returncode == 0, done.stdout
