# For what LocalStack's free tag holds: tables, bucket, secret, key. See docs/deploy.md.
# terraform -chdir=infra/data apply -var-file=../env/localstack.tfvars
name                = "stateless-local"
spa_origins         = ["http://localhost:5173", "http://localhost:3000"]
deletion_protection = false
