# What must never change about the pipeline's rights and about images.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "pipeline" {
  command = plan
  module {
    source = "./bootstrap"
  }
  variables {
    region     = "eu-central-1"
    repository = "example/stateless"
  }

  assert {
    condition = alltrue([for environment in ["dev", "prod"] :
      jsondecode(aws_iam_role.github[environment].assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"] == "repo:example/stateless:environment:${environment}"
    ])
    error_message = "A deploying role must be bound to repository and environment."
  }
  assert {
    condition     = aws_ecr_repository.app.image_tag_mutability == "IMMUTABLE" && aws_ecr_repository.app.image_scanning_configuration[0].scan_on_push
    error_message = "Tags must be immutable and images scanned."
  }
  assert {
    condition     = length(aws_s3_bucket_versioning.this) == 2
    error_message = "State must keep its versions."
  }
}
