"""merge.py OUT ANDROIDX FRAMEWORK: links the app's resources without the Android SDK, as the Android Gradle plugin would.

OUT/AndroidManifest.xml is src/main/AndroidManifest.xml with the package, the versions and SDK levels of the version catalogue, and what the
manifests of the AARs add; OUT/app.ap_ the resource package that Robolectric reads; OUT/r the sources of the R classes of the app and of every
AAR. ANDROIDX is the target folder of ../androidx, FRAMEWORK the jar with Android's own resources.
"""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree

PACKAGE = "org.bulla.app"
ANDROID = "{http://schemas.android.com/apk/res/android}"
TOOLS = "{http://schemas.android.com/tools}"
APP = Path(__file__).parent


def main(out: Path, androidx: Path, framework: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    libraries = [ElementTree.parse(it).getroot() for it in sorted(androidx.glob("manifests/*.xml"))]
    manifest = out / "AndroidManifest.xml"
    manifest.write_bytes(ElementTree.tostring(merged(libraries), encoding="utf-8", xml_declaration=True))
    packages = sorted({it.get("package") for it in libraries})
    sources = out / "r"
    shutil.rmtree(sources, ignore_errors=True)
    sources.mkdir()
    own = out / "resources.zip"
    aapt2("compile", "--dir", APP / "src/main/res", "-o", own)
    resources = [part for it in [*sorted(androidx.glob("resources/*.zip")), own] for part in ("-R", it)]
    aapt2(
        "link", "-o", out / "app.ap_", "-I", framework, "--manifest", manifest, "--java", sources, "--auto-add-overlay",
        "--extra-packages", ":".join(packages), *resources,
    )


def merged(libraries: list[ElementTree.Element]) -> ElementTree.Element:
    """The app's manifest with what the libraries' say; where both name something, the app's holds, and gets their meta-data."""
    ElementTree.register_namespace("android", ANDROID.strip("{}"))
    manifest = resolved(ElementTree.parse(APP / "src/main/AndroidManifest.xml").getroot())
    versions = tomllib.loads(APP.joinpath("../gradle/libs.versions.toml").read_text())["versions"]
    manifest.set("package", PACKAGE)
    manifest.set(f"{ANDROID}versionCode", versions["build"])
    manifest.set(f"{ANDROID}versionName", versions["bulla"])
    levels = {f"{ANDROID}minSdkVersion": versions["sdk-min"], f"{ANDROID}targetSdkVersion": versions["sdk-target"]}
    manifest.insert(0, ElementTree.Element("uses-sdk", levels))
    for library in libraries:
        for element in library:
            if element.tag == "application":
                add(element, manifest.find("application"))
            elif element.tag in ("permission", "uses-permission"):
                place(element, manifest)
    return manifest


def add(application: ElementTree.Element, to: ElementTree.Element) -> None:
    for element in application:
        known = place(element, to)
        for data in element.findall("meta-data"):
            place(data, known)


def place(element: ElementTree.Element, parent: ElementTree.Element) -> ElementTree.Element:
    """The element of this tag and name in [parent], put there if it is missing."""
    resolved(element)
    for known in parent.findall(element.tag):
        if known.get(f"{ANDROID}name") == element.get(f"{ANDROID}name"):
            return known
    parent.append(element)
    return element


def resolved(element: ElementTree.Element) -> ElementTree.Element:
    """[element] for this app: its placeholders filled in, and nothing left that speaks to tools."""
    for each in element.iter():
        for key, value in list(each.attrib.items()):
            each.set(key, value.replace("${applicationId}", PACKAGE))
            if key.startswith(TOOLS):
                del each.attrib[key]
    return element


def aapt2(*arguments: object) -> None:
    done = subprocess.run(["aapt2", *map(str, arguments)], stderr=subprocess.PIPE, text=True)
    # Debian's aapt2 is older than the framework it reads here.
    print(*[it for it in done.stderr.splitlines() if "Unknown chunk type" not in it], sep="\n", end="", file=sys.stderr)
    if done.returncode:
        sys.exit(f"aapt2 {arguments[0]} failed")


main(*map(Path, sys.argv[1:]))
