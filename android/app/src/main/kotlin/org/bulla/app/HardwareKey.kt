package org.bulla.app

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import java.security.KeyStore
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey

/**
 * A key of Android's Keystore, which uses it for us and gives it to nobody.
 *
 * It asks for no unlocked screen: a locked phone goes on receiving.
 */
class HardwareKey(private val alias: String) : WrappingKey {
    @Synchronized
    override fun get(): SecretKey {
        val store = KeyStore.getInstance(PROVIDER).apply { load(null) }
        return store.getKey(alias, null) as SecretKey? ?: make()
    }

    private fun make(): SecretKey {
        val purposes = KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT
        val specification = KeyGenParameterSpec.Builder(alias, purposes)
            .setKeySize(256)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            .build()
        return KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, PROVIDER).run {
            init(specification)
            generateKey()
        }
    }

    private companion object {
        const val PROVIDER = "AndroidKeyStore"
    }
}
