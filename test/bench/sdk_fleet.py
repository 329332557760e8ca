# `ps` on every device with the vendor's SDK for Python and its own pool of jobs, for a number of seconds: a job whose worker fails never
# ends there. Prints how many devices were done, and after how many seconds the last of them was.
import os
import sys
import time
from concurrent.futures import TimeoutError as Late, as_completed

from cbc_sdk import CBCloudAPI
from cbc_sdk.platform import Device

began = time.monotonic()
api = CBCloudAPI(
    url=os.environ["CBC_URL"], token=os.environ["CBC_TOKEN"], org_key=os.environ["CBC_ORG_KEY"], ssl_cert_file=os.environ["CBC_LAB_CA"]
)
jobs = [api.live_response.submit_job(lambda session: session.list_processes(), device.id) for device in api.select(Device).where("os:WINDOWS")]
done, last = 0, began
try:
    for job in as_completed(jobs, timeout=float(sys.argv[1])):
        done, last = done + 1, time.monotonic()
except Late:
    pass
print(done, last - began, flush=True)
os._exit(0)
