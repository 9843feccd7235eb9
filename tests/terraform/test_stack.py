"""The whole stack: applied, planned again, kept from destroy, destroyed."""

import re

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
    # Into the file: with `-var` alone an apply would take back all that it holds.
    assert "deletion_protection = false into terraform/kept.tfvars" in said
    assert "make infra STACK=kept" in said
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


def test_a_wrong_value_of_any_part_fails_the_plan_with_a_sentence(
    terraform: Terraform,
) -> None:
    """Also one that only the module knows to be wrong, in an object of the stack's."""
    wrong = {
        "alerts": ("{ reject_percent = 101 }", "reject_percent must be between"),
        "api": ("{ memory_mb = 1 }", "memory_mb must be between 128 and 10240."),
        "backup": ("{ retention_days = 0 }", "retention_days must be 1 or more."),
        "database": ('{ instance_class = "large" }', "as db.t4g.medium."),
        "ingest": ("{ freshness_minutes = 1 }", "between 5 and 720, or 0 for none."),
        "network": ('{ nat = "many" }', "nat must be"),
        "warehouse": ('{ dump_schedule = "daily" }', "dump_schedule must be cron("),
    }
    words = [f"-var={name}={value}" for name, (value, _) in wrong.items()]
    done = terraform("plan", PROTECTED, *words)
    assert done.returncode == 1
    said = " ".join(done.stderr.replace("│", " ").split())
    missing = [sentence for _, sentence in wrong.values() if sentence not in said]
    assert missing == [], said


def test_a_stack_of_another_workspace_is_not_touched(terraform: Terraform) -> None:
    terraform("workspace", "new", "one")
    done = terraform("plan", "-var=name=other")
    assert done.returncode == 1
    said = " ".join(done.stderr.replace("│", " ").split())
    assert "terraform workspace select -or-create=true other" in said


def test_a_second_plan_changes_nothing(stack: Stack) -> None:
    done = stack.terraform("plan", "-detailed-exitcode")
    assert done.returncode == 0, done.stdout


def test_the_api_is_told_who_may_ask_and_where_uploads_go(stack: Stack) -> None:
    (api,) = (
        one["values"]
        for one in stack.of_type("aws_lambda_function")
        if one["values"]["handler"] == "api.handler.handler"
    )
    words = r"API_ACCESS|JWT_.*|CATCHMENT_.*|LOADER_FUNCTION"
    told = {
        word: text
        for word, text in api["environment"][0]["variables"].items()
        if re.fullmatch(words, word)
    }
    if stack.name == "lean":
        assert told == {"API_ACCESS": "open"}  # the gateway looks at tokens
        return
    clients = [c["values"]["id"] for c in stack.of_type("aws_cognito_user_pool_client")]
    (pool,) = stack.of_type("aws_cognito_user_pool")
    (bucket,) = (
        one["values"]["id"]
        for one in stack.of_type("aws_s3_bucket")
        if "-files-" in one["values"]["bucket"]
    )
    # The id of a queue is its URL; S3 calls the loader of this stack by itself.
    (dead_letters,) = (one["values"]["id"] for one in stack.of_type("aws_sqs_queue"))
    issuer = told["JWT_ISSUER"]
    assert told == {
        "API_ACCESS": "key,jwt",
        "CATCHMENT_BUCKET": bucket,
        "CATCHMENT_DEAD_LETTERS_URL": dead_letters,
        "JWT_AUDIENCE": ",".join([*clients, "catchment"]),
        "JWT_ISSUER": issuer,
        "JWT_JWKS_URL": f"{issuer}/.well-known/jwks.json",
        "LOADER_FUNCTION": "catchment-everything-loader",
    }
    assert len(clients) == 2
    assert issuer.endswith(f".amazonaws.com/{pool['values']['id']}")


def test_what_is_said_to_be_never_is_not_made(stack: Stack) -> None:
    """Terraform puts defaults into attributes that are null; "" and 0 are never."""
    schedules = {
        one["values"]["name"] for one in stack.of_type("aws_scheduler_schedule")
    }
    lifetimes = [
        rule["id"]
        for bucket in stack.of_type("aws_s3_bucket_lifecycle_configuration")
        for rule in bucket["values"]["rule"]
        if rule["transition"] or rule["expiration"]
    ]
    budgets = stack.of_type("aws_budgets_budget")
    if stack.name == "lean":
        assert (schedules, lifetimes, budgets) == (set(), ["dumps"], [])
    else:
        parts = ("check", "dump", "extract", "freshness")
        assert schedules == {f"catchment-everything-{part}" for part in parts}
        assert {"dumps", "failed", "processed"} == set(lifetimes)
        assert len(budgets) == 1
