"""Answers by moto's own evaluator of identity policies: one JSON object a line in, one word a line out.

A program of its own: moto is another implementation of IAM, and what is asked is whether it comes to the same.
"""

import json
import sys

from moto.iam.access_control import IAMPolicy

for line in sys.stdin:
    asked = json.loads(line)
    results = [IAMPolicy(json.dumps(policy)).is_action_permitted(asked["action"], asked["resource"]) for policy in asked["policies"]]
    names = [result.name for result in results]
    # As `IAMRequestBase.check_action_permitted` puts them together.
    if "DENIED" in names:
        print("denied")
    elif "PERMITTED" in names:
        print("allowed")
    else:
        print("neutral")
