"""Reads an AWS SAM template from standard input and writes what CloudFormation makes of it."""

import json
import sys

from samtranslator.translator.transform import transform


class ManagedPolicies:
    """None: the templates have roles of their own."""

    def load(self):
        return {}


json.dump(transform(json.load(sys.stdin), {}, ManagedPolicies()), sys.stdout, indent=2)
