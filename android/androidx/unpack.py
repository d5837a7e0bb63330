"""unpack.py TARGET: makes an ordinary module of the AARs and jars in TARGET/artefacts.

Their classes go to TARGET/classes; the resources of each AAR, compiled by aapt2, to TARGET/resources/NAME.zip; its manifest, which names its
package, to TARGET/manifests/NAME.xml. Nothing is done where nothing changed.
"""

import io
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path


def main(target: Path) -> None:
    artefacts = sorted(target.joinpath("artefacts").iterdir())
    stamp, state = target / "unpacked", "\n".join(f"{it.name} {it.stat().st_size}" for it in artefacts)
    if stamp.is_file() and stamp.read_text() == state:
        return
    places = [target / it for it in ("classes", "resources", "manifests")]
    for place in places:
        # Classes of another version would stay.
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
    for artefact in artefacts:
        with zipfile.ZipFile(artefact) as archive:
            if artefact.suffix == ".aar":
                unpack(archive, artefact.stem, *places)
            else:
                archive.extractall(places[0])
    stamp.write_text(state)


def unpack(aar: zipfile.ZipFile, name: str, classes: Path, resources: Path, manifests: Path) -> None:
    manifests.joinpath(f"{name}.xml").write_bytes(aar.read("AndroidManifest.xml"))
    for entry in aar.namelist():
        if entry == "classes.jar" or (entry.startswith("libs/") and entry.endswith(".jar")):
            zipfile.ZipFile(io.BytesIO(aar.read(entry))).extractall(classes)
    files = [it for it in aar.namelist() if it.startswith("res/") and not it.endswith("/")]
    if files:
        with tempfile.TemporaryDirectory() as folder:
            aar.extractall(folder, files)
            subprocess.run(["aapt2", "compile", "--dir", f"{folder}/res", "-o", resources / f"{name}.zip"], check=True)


main(Path(sys.argv[1]))
