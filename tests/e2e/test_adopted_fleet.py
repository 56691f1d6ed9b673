"""Real Terraform finds the same states with the files that are generated from an adopted declaration."""

from pathlib import Path

from holdfast.sandbox.scenarios.shared_table import BUCKET, COMPONENTS, OLD_ROOT, REGION
from tests.support.worlds import running_world

NO_CHANGES = "No changes. Your infrastructure matches the configuration."


def test_adopted_and_generated_roots_have_nothing_to_change(tmp_path: Path) -> None:
    with running_world("shared-table", tmp_path / "repository") as world:
        untouched = (world.repository / OLD_ROOT / "main.tf").read_bytes()
        assert world.holdfast("init").status == 0
        written = world.holdfast("generate", "backend", "--write", "--force")
        assert written.status == 0, written.errors
        for component in COMPONENTS:
            engine = world.terraform(component.directory)
            engine.succeed("init", "-input=false", "-backend-config=backend.hcl")
            assert NO_CHANGES in engine.succeed("plan", "-input=false", "-no-color").output
        assert (world.repository / OLD_ROOT / "main.tf").read_bytes() == untouched
        assert world.holdfast("init", "--check").status == 0


def test_states_stay_on_the_key_that_their_bucket_encrypts_with(tmp_path: Path) -> None:
    with running_world("shared-table", tmp_path / "repository") as world:
        s3 = world.clients.s3(REGION)
        key = world.clients.kms(REGION).create_key()["KeyMetadata"]["Arn"]
        s3.put_bucket_encryption(
            Bucket=BUCKET,
            ServerSideEncryptionConfiguration={
                "Rules": [
                    {
                        "ApplyServerSideEncryptionByDefault": {
                            "SSEAlgorithm": "aws:kms",
                            "KMSMasterKeyID": key,
                        }
                    }
                ]
            },
        )
        audited = world.holdfast("audit")
        assert "encrypt-overrides-key" in audited.output
        adopted = world.holdfast("init")
        assert adopted.status == 0
        assert f"`kms_key_id` would be added as `{key}`, the bucket's default" in adopted.output
        assert f"kms_key: {key}\n" in (world.repository / "holdfast.yaml").read_text("utf-8")
        assert world.holdfast("generate", "backend", "--write", "--force").status == 0
        component = COMPONENTS[0]
        engine = world.terraform(component.directory)
        engine.succeed("init", "-input=false", "-backend-config=backend.hcl")
        engine.succeed(
            "apply", "-input=false", "-auto-approve", "-replace=terraform_data.component"
        )
        written = s3.head_object(Bucket=BUCKET, Key=component.key)
        assert (written["ServerSideEncryption"], written["SSEKMSKeyId"]) == ("aws:kms", key)
        assert "encrypt-overrides-key" not in world.holdfast("audit").output
