# SPDX-License-Identifier: Apache-2.0
"""keysfile.py - a keys file in which each tenant's key is its name."""

import hashlib
import json


def write(folder, *tenants):
    file = folder / "keys.json"
    file.write_text(json.dumps({"keys": [
        {"id": tenant, "tenant": tenant, "sha256": hashlib.sha256(tenant.encode()).hexdigest()} for tenant in tenants]}))
    return str(file)
