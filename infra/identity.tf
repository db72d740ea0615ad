# Cognito: who a user is. The SPA signs in with the code flow and PKCE; it has no secret to keep.

resource "aws_cognito_user_pool" "this" {
  name                     = local.name
  user_pool_tier           = "ESSENTIALS"
  deletion_protection      = var.protected ? "ACTIVE" : "INACTIVE"
  username_attributes      = ["email"]
  auto_verified_attributes = ["email"]
  mfa_configuration        = "OPTIONAL"

  username_configuration {
    case_sensitive = false
  }

  user_attribute_update_settings {
    attributes_require_verification_before_update = ["email"]
  }

  password_policy {
    minimum_length                   = 12
    require_lowercase                = true
    require_numbers                  = true
    require_symbols                  = false
    require_uppercase                = true
    password_history_size            = 5
    temporary_password_validity_days = 3
  }

  software_token_mfa_configuration {
    enabled = true
  }

  account_recovery_setting {
    recovery_mechanism {
      name     = "verified_email"
      priority = 1
    }
  }
}

resource "aws_cognito_user_pool_domain" "this" {
  user_pool_id = aws_cognito_user_pool.this.id
  domain       = "${local.name}-${local.account_id}"
}

resource "aws_cognito_user_pool_client" "spa" {
  name         = "spa"
  user_pool_id = aws_cognito_user_pool.this.id

  generate_secret                      = false
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["code"]
  # aws.cognito.signin.user.admin: without it GlobalSignOut refuses the access token.
  allowed_oauth_scopes         = ["openid", "email", "profile", "aws.cognito.signin.user.admin"]
  supported_identity_providers = ["COGNITO"]
  # Refresh tokens rotate, so ALLOW_REFRESH_TOKEN_AUTH must not be here.
  explicit_auth_flows = ["ALLOW_USER_SRP_AUTH"]
  callback_urls       = [for origin in local.spa_origins : "${origin}/callback"]
  logout_urls         = [for origin in local.spa_origins : "${origin}/"]

  prevent_user_existence_errors = "ENABLED"
  # Revocation gives access tokens the origin_jti that names a sign-in.
  enable_token_revocation = true
  access_token_validity   = 15
  id_token_validity       = 15
  refresh_token_validity  = 30

  token_validity_units {
    access_token  = "minutes"
    id_token      = "minutes"
    refresh_token = "days"
  }

  refresh_token_rotation {
    feature                    = "ENABLED"
    retry_grace_period_seconds = 10
  }
}

resource "aws_cognito_user_group" "admin" {
  name         = "admin"
  description  = "Administrators of the API"
  user_pool_id = aws_cognito_user_pool.this.id
}
