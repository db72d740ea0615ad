# Document bytes. Clients reach the bucket themselves, through URLs that the API signed.

resource "aws_s3_bucket" "documents" {
  bucket        = "${var.name}-documents-${local.account_id}"
  force_destroy = !var.deletion_protection
}

resource "aws_s3_bucket_public_access_block" "documents" {
  bucket                  = aws_s3_bucket.documents.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "documents" {
  bucket = aws_s3_bucket.documents.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "documents" {
  bucket = aws_s3_bucket.documents.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "documents" {
  bucket = aws_s3_bucket.documents.id

  rule {
    # Without a bucket key every object would cost a call to KMS.
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.data.arn
    }
  }
}

resource "aws_s3_bucket_cors_configuration" "documents" {
  bucket = aws_s3_bucket.documents.id

  cors_rule {
    allowed_origins = var.spa_origins
    # POST and DELETE: Uppy creates, completes and aborts multipart uploads from the browser.
    allowed_methods = ["GET", "HEAD", "PUT", "POST", "DELETE"]
    allowed_headers = ["*"]
    # Without ETag a browser cannot complete a multipart upload.
    expose_headers  = ["ETag", "x-amz-checksum-sha256", "x-amz-version-id"]
    max_age_seconds = 3600
  }
}

# The backstop of the sweeper, which finishes uploads and trash itself.
resource "aws_s3_bucket_lifecycle_configuration" "documents" {
  bucket = aws_s3_bucket.documents.id

  rule {
    id     = "abandoned-uploads"
    status = "Enabled"
    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  rule {
    id     = "deleted-objects"
    status = "Enabled"
    filter {}

    noncurrent_version_expiration {
      noncurrent_days = var.noncurrent_days
    }

    expiration {
      expired_object_delete_marker = true
    }
  }

  rule {
    id     = "colder-when-old"
    status = "Enabled"
    filter {}

    transition {
      days          = 30
      storage_class = "INTELLIGENT_TIERING"
    }
  }

  depends_on = [aws_s3_bucket_versioning.documents]
}

resource "aws_s3_bucket_policy" "documents" {
  bucket = aws_s3_bucket.documents.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for sid, rule in {
      OnlyTls = {
        Action    = "s3:*"
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }
      OnlyModernTls = {
        Action    = "s3:*"
        Condition = { NumericLessThan = { "s3:TlsVersion" = "1.2" } }
      }
      # A signed URL says itself how long it lives; nothing that we sign lives for an hour.
      NoOldSignatures = {
        Action    = "s3:*"
        Condition = { NumericGreaterThan = { "s3:signatureAge" = "3600000" } }
      }
      # An upload that names no encryption gets the bucket's; one that names another is refused.
      OnlyKmsEncryption = {
        Action = "s3:PutObject"
        Condition = {
          Null            = { "s3:x-amz-server-side-encryption" = "false" }
          StringNotEquals = { "s3:x-amz-server-side-encryption" = "aws:kms" }
        }
      }
      OnlyOurKey = {
        Action = "s3:PutObject"
        Condition = {
          Null            = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = "false" }
          StringNotEquals = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = aws_kms_key.data.arn }
        }
      }
      } : merge({
        Sid       = sid
        Effect    = "Deny"
        Principal = "*"
        Resource  = [aws_s3_bucket.documents.arn, "${aws_s3_bucket.documents.arn}/*"]
    }, rule)]
  })

  depends_on = [aws_s3_bucket_public_access_block.documents]
}
