# One `ps` with the vendor's SDK for Python, as its guide shows it.
import os
import sys

from cbc_sdk import CBCloudAPI
from cbc_sdk.platform import Device

api = CBCloudAPI(
    url=os.environ["CBC_URL"], token=os.environ["CBC_TOKEN"], org_key=os.environ["CBC_ORG_KEY"], ssl_cert_file=os.environ["CBC_LAB_CA"]
)
with api.select(Device, int(sys.argv[1])).lr_session() as session:
    for process in session.list_processes():
        print(process["process_pid"], process["process_path"], sep="\t")
