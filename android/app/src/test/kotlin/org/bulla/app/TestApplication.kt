package org.bulla.app

import android.content.Context
import androidx.startup.AppInitializer
import javax.crypto.KeyGenerator

/**
 * The app as it is, but for one thing: its wrapping key is a key of the JVM, since there is no AndroidKeyStore here. [HardwareKey] is compiled and
 * not run.
 */
class TestApplication : BullaApplication() {
    private val key = KeyGenerator.getInstance("AES").run {
        init(256)
        generateKey()
    }

    override fun wrappingKey() = WrappingKey { key }

    override fun attachBaseContext(base: Context) {
        super.attachBaseContext(base)
        // androidx initialises once a process; to a test every application is a process.
        AppInitializer::class.java.getDeclaredField("sInstance").apply { isAccessible = true }.set(null, null)
    }
}
