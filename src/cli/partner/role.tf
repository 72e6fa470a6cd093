variable "role_name" {
  description = "What the role is called"
  type        = string
}

variable "principal" {
  description = "The partner's role, which assumes this one"
  type        = string
}

variable "external_ids" {
  description = "The external ID that the partner made for this account; two while one is being replaced"
  type        = list(string)

  validation {
    condition     = length(var.external_ids) > 0
    error_message = "Without an external ID, anybody could use this role through the partner."
  }
}

variable "policy_arns" {
  description = "What the role may do"
  type        = set(string)
  default     = []
}

resource "aws_iam_role" "this" {
  name = var.role_name

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Assume"
      Effect    = "Allow"
      Principal = { AWS = var.principal }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "sts:ExternalId" = var.external_ids } }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each   = var.policy_arns
  role       = aws_iam_role.this.name
  policy_arn = each.value
}

output "role_arn" {
  value = aws_iam_role.this.arn
}
