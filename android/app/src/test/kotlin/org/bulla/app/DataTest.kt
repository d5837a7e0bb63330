package org.bulla.app

import android.content.pm.ApplicationInfo
import java.io.File
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.xmlpull.v1.XmlPullParser

/** What the app writes stays on the phone, and means nothing elsewhere. */
@RunWith(RobolectricTestRunner::class)
class DataTest {
    @get:Rule val phone = Phone()

    @Test fun writesWhereNoBackupLooks() {
        phone.app.process.begin(null)
        phone.signIn()
        val kept = phone.app.noBackupFilesDir
        val elsewhere = phone.app.dataDir.walk().filter { it.isFile && !it.startsWith(kept) && !it.startsWith(phone.app.cacheDir) }
        assertEquals(emptyList<File>(), elsewhere.filterNot { it.name == "settings.xml" }.toList())
        assertTrue("accounts and keys are there", kept.walk().count(File::isFile) >= 2)
    }

    @Test fun keepsEverythingOutOfBackups() {
        assertEquals(0, phone.app.applicationInfo.flags and ApplicationInfo.FLAG_ALLOW_BACKUP)
        val all = setOf("root", "file", "database", "sharedpref", "external")
        assertEquals(mapOf("cloud-backup" to all, "device-transfer" to all), excluded(R.xml.data_extraction_rules))
        assertEquals(mapOf("full-backup-content" to all), excluded(R.xml.full_backup_content))
    }

    /** The domains that each section excludes whole. */
    private fun excluded(rules: Int): Map<String, Set<String>> {
        val found = mutableMapOf<String, MutableSet<String>>()
        val parser = phone.app.resources.getXml(rules)
        var section = ""
        while (parser.next() != XmlPullParser.END_DOCUMENT) {
            if (parser.eventType != XmlPullParser.START_TAG) continue
            if (parser.name != "exclude") {
                section = parser.name
            } else if (parser.getAttributeValue(null, "path") == ".") {
                found.getOrPut(section, ::mutableSetOf) += parser.getAttributeValue(null, "domain")
            }
        }
        return found
    }
}
