"""Every policy that a stack makes, read from its state."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.terraform.conftest import Stack

POLICIES = ("aws_iam_role_policy", "aws_iam_policy")
OF_RESOURCES = ("aws_s3_bucket_policy", "aws_sns_topic_policy", "aws_sqs_queue_policy")
# What AWS allows for all resources only.
FOR_ALL = {
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "ec2:UnassignPrivateIpAddresses",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}
OF_A_FUNCTION = {"logs:CreateLogStream", "logs:PutLogEvents", *FOR_ALL}
OF_LOGGING_IN = {"rds-db:connect", "secretsmanager:GetSecretValue"}
OF_UPLOADS = {"lambda:InvokeFunction", "s3:PutObject"}
OF_QUEUES = "sqs:GetQueueAttributes"


@dataclass(frozen=True)
class Statement:
    """A statement with its lists as lists; `of` is whose policy it stands in."""

    of: str
    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    document: dict[str, Any]


def listed(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def statements(of: str, policy: str) -> Iterator[Statement]:
    for document in json.loads(policy)["Statement"]:
        assert "NotAction" not in document, of
        assert "NotResource" not in document, of
        yield Statement(
            of,
            document["Effect"],
            listed(document["Action"]),
            listed(document.get("Resource", [])),
            document,
        )


def policies(stack: Stack, *types: str) -> list[Statement]:
    return [
        statement
        for resource in stack.of_type(*types)
        for statement in statements(
            f"{resource['address']} of {resource['values'].get('role', '')}",
            resource["values"]["policy"],
        )
    ]


def allowed_to(stack: Stack, role: str) -> list[Statement]:
    """What the policies of a role allow; `role` is the end of its name."""
    found = policies(stack, *POLICIES)
    mine = [
        s for s in found if s.of.endswith(f"-{role}.id") or s.of.endswith(f"-{role}")
    ]
    assert mine, f"no policy of {role} among {sorted({s.of for s in found})}"
    return [s for s in mine if s.effect == "Allow"]


def actions_of(stack: Stack, role: str) -> set[str]:
    return {action for s in allowed_to(stack, role) for action in s.actions}


def test_no_action_has_a_star(stack: Stack) -> None:
    allowed = [s for s in policies(stack, *POLICIES) if s.effect == "Allow"]
    assert len(allowed) > 20
    assert [s.of for s in allowed if any("*" in action for action in s.actions)] == []


def test_all_resources_are_allowed_only_where_aws_knows_none(stack: Stack) -> None:
    for statement in policies(stack, *POLICIES):
        assert statement.resources, statement.of
        if statement.effect == "Allow" and "*" in statement.resources:
            assert set(statement.actions) <= FOR_ALL, statement.of


def test_nothing_is_allowed_by_policies_of_others(stack: Stack) -> None:
    types = {resource["type"] for resource in stack.resources}
    assert {name for name in types if "attachment" in name and "iam" in name} == set()
    roles = [role["values"] for role in stack.of_type("aws_iam_role")]
    assert [role["name"] for role in roles if role["managed_policy_arns"]] == []


def test_only_services_take_a_role(stack: Stack) -> None:
    roles = [role["values"] for role in stack.of_type("aws_iam_role")]
    assert len(roles) > 5
    for role in roles:
        for statement in statements(role["name"], role["assume_role_policy"]):
            assert statement.actions == ("sts:AssumeRole",), role["name"]
            assert list(statement.document["Principal"]) == ["Service"], role["name"]


def test_only_this_account_lets_services_in(stack: Stack) -> None:
    for statement in policies(stack, *OF_RESOURCES):
        if statement.effect == "Allow":
            limits = statement.document["Condition"]["StringEquals"]
            assert limits["aws:SourceAccount"] == "123456789012", statement.of
        else:
            limits = statement.document["Condition"]["Bool"]
            assert limits == {"aws:SecureTransport": "false"}, statement.of


def test_the_api_reads_nothing_but_the_database(stack: Stack) -> None:
    beside = actions_of(stack, "api") - OF_A_FUNCTION - OF_UPLOADS - {OF_QUEUES}
    assert len(beside) == 1
    assert beside < OF_LOGGING_IN


def test_the_api_hands_on_files_and_rows_alone_and_only_where_it_takes_them(
    stack: Stack,
) -> None:
    places = {
        action: statement.resources
        for statement in allowed_to(stack, "api")
        for action in OF_UPLOADS & {*statement.actions}
    }
    if stack.name == "lean":
        assert places == {}
        return
    (loader,) = (
        one["values"]["arn"]
        for one in stack.of_type("aws_lambda_function")
        if one["values"]["handler"] == "loader.handler.handler"
    )
    (bucket,) = (
        one["values"]["arn"]
        for one in stack.of_type("aws_s3_bucket")
        if "-files-" in one["values"]["bucket"]
    )
    assert places == {
        "lambda:InvokeFunction": (loader,),
        "s3:PutObject": (f"{bucket}/incoming/*",),
    }


def test_the_api_counts_what_its_queues_hold_where_it_reaches_them(
    stack: Stack,
) -> None:
    places = [
        statement.resources
        for statement in allowed_to(stack, "api")
        if OF_QUEUES in statement.actions
    ]
    if stack.name == "lean":
        assert places == []
        return
    queues = {
        one["values"]["arn"]
        for one in stack.of_type("aws_sqs_queue")
        if "-loads" in one["values"]["name"]
    }
    assert [{*found} for found in places] == [queues]


def test_the_loader_does_what_it_is_for(stack: Stack) -> None:
    beside = actions_of(stack, "loader") - OF_A_FUNCTION - OF_LOGGING_IN
    files = {
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:ListBucket",
        "s3:PutObject",
    }
    queue = {"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}
    assert beside in (files | queue, files | {"sqs:SendMessage"})


@pytest.mark.parametrize("of", ["check", "dump"])
def test_only_the_build_writes_passwords(stack: Stack, of: str) -> None:
    assert "secretsmanager:PutSecretValue" in actions_of(stack, "warehouse-build")
    assert "secretsmanager:PutSecretValue" not in actions_of(stack, f"warehouse-{of}")
