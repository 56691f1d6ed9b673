"""What `init` makes of the scenarios, without comments."""

SHARED_TABLE = """\
version: 1
organization: msdp
naming:
  bucket: "{organization}-terraform-state-{account}"
  lock_table: "{organization}-terraform-locks-{account}"
  key: "{platform}/{component}/{environment}[/{instance}]/terraform.tfstate"
accounts:
  dev:
    id: "111111111111"
backends:
  dev:
    account: dev
    region: eu-west-1
    locking: dynamodb
environments:
  dev: dev
layout:
  roots:
    - infrastructure/{platform}/{component}/{environment}
  except:
    - infrastructure/addons/aws-dev
  file: backend.hcl
components:
  - platform: azure
    component: aks
    environment: dev
    instance: aks-msdp-dev-01
"""
TWO_REGIONS = """\
version: 1
naming:
  lock_table: terraform-locks-{region}
  key: providers/{platform}/regions/{region}/layers/{component}/{environment}/terraform.tfstate
accounts:
  production:
    id: "111111111111"
backends:
  af-south-1:
    account: production
    region: af-south-1
    locking: dynamodb
    bucket: cptwn-terraform-state-ezra
    lock_table: terraform-locks-af-south
  us-east-1:
    account: production
    region: us-east-1
    locking: dynamodb
    bucket: usest1-terraform-state-ezra
environments:
  production:
    af-south-1: af-south-1
    us-east-1: us-east-1
layout:
  roots:
    - terraform/providers/{platform}/regions/{region}/layers/{component}/{environment}
  setup: terraform/providers/aws/regions/{region}/backend-setup
  file: backend.hcl
"""
SINGLE = """\
version: 1
naming:
  key: terraform.tfstate
accounts:
  main:
    id: "111111111111"
backends:
  main:
    account: main
    region: us-east-1
    locking: dynamodb
    bucket: ajaz-unique-terraform-bucket-for-state
    lock_table: terraform_lock
layout:
  roots:
    - "."
  file: backend.tf
components:
  - backend: main
"""
