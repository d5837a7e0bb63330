package org.bulla.app

import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.KeyProperties
import androidx.annotation.RequiresApi
import java.security.KeyFactory
import java.security.KeyPairGenerator
import java.security.KeyStore
import java.security.PublicKey
import java.security.spec.X509EncodedKeySpec
import javax.crypto.Cipher

/** A pair of Android's Keystore, which uses its private key after a strong biometric alone, once each time. */
@RequiresApi(Build.VERSION_CODES.R)
class HardwareOwnerKey(private val alias: String) : OwnerKey {
    override fun make(): PublicKey {
        val specification = KeyGenParameterSpec.Builder(alias, KeyProperties.PURPOSE_DECRYPT)
            .setKeySize(2048)
            .setDigests(KeyProperties.DIGEST_SHA256)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_RSA_OAEP)
            .setUserAuthenticationRequired(true)
            .setUserAuthenticationParameters(0, KeyProperties.AUTH_BIOMETRIC_STRONG)
            .setInvalidatedByBiometricEnrollment(true)
            .build()
        val pair = KeyPairGenerator.getInstance(KeyProperties.KEY_ALGORITHM_RSA, PROVIDER).run {
            initialize(specification)
            generateKeyPair()
        }
        // A copy outside of the Keystore, which would ask the owner for the public key, too.
        return KeyFactory.getInstance(pair.public.algorithm).generatePublic(X509EncodedKeySpec(pair.public.encoded))
    }

    override fun cipher(): Cipher? {
        val key = store().getKey(alias, null) ?: return null
        return try {
            Cipher.getInstance(BiometricOwner.CIPHER).apply { init(Cipher.DECRYPT_MODE, key, BiometricOwner.PADDING) }
        } catch (_: KeyPermanentlyInvalidatedException) {
            null
        }
    }

    override fun forget() = store().deleteEntry(alias)

    private fun store() = KeyStore.getInstance(PROVIDER).apply { load(null) }

    private companion object {
        const val PROVIDER = "AndroidKeyStore"
    }
}
