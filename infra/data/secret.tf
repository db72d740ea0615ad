# {"signingKeys": {"current", "previous"?}, "cache"?: {"username", "password"}}: written once here, then by its rotation.

resource "aws_secretsmanager_secret" "app" {
  name                    = "${var.name}-app"
  description             = "Signing keys and cache credentials of ${var.name}"
  kms_key_id              = aws_kms_key.data.arn
  recovery_window_in_days = var.deletion_protection ? 30 : 0
}

# Good until the first rotation, which follows at once and retires it: what the state remembers opens nothing.
data "aws_secretsmanager_random_password" "first_signing_key" {
  password_length     = 64
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret_version" "first" {
  secret_id = aws_secretsmanager_secret.app.id

  # Write-only, and never written again: the rotation owns the value from now on.
  secret_string_wo = jsonencode({
    signingKeys = { current = base64encode(data.aws_secretsmanager_random_password.first_signing_key.random_password) }
  })
  secret_string_wo_version = 1
}
