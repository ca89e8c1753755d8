"""A GAN as it was written for Keras 2.0: two compiled models, train_on_batch, a frozen
discriminator.
"""

import sys

import numpy as np
from keras.layers import Activation, Dense, Flatten, Input, LeakyReLU, Reshape
from keras.models import Model, Sequential
from keras.optimizers import Adam


class GAN:
    def __init__(self):
        self.latent_dim = 5
        optimizer = Adam(0.002, 0.5)
        self.discriminator = self.build_discriminator()
        self.discriminator.compile(
            loss="binary_crossentropy", optimizer=optimizer, metrics=["accuracy"]
        )
        self.generator = self.build_generator()
        z = Input(shape=(self.latent_dim,))
        img = self.generator(z)
        # For the combined model we will only train the generator
        self.discriminator.trainable = False
        validity = self.discriminator(img)
        self.combined = Model(z, validity)
        self.combined.compile(loss="binary_crossentropy", optimizer=Adam(0.002, 0.5))

    def build_generator(self):
        model = Sequential()
        model.add(Dense(12, input_dim=self.latent_dim))
        model.add(LeakyReLU(alpha=0.2))
        model.add(Dense(16))
        model.add(Activation("tanh"))
        model.add(Reshape((4, 4, 1)))
        return fixed(model)

    def build_discriminator(self):
        model = Sequential()
        model.add(Flatten(input_shape=(4, 4, 1)))
        model.add(Dense(10))
        model.add(LeakyReLU(alpha=0.2))
        model.add(Dense(1, activation="sigmoid"))
        img = Input(shape=(4, 4, 1))
        return Model(img, fixed(model)(img))


def fixed(model):
    rng = np.random.RandomState(7)
    model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
    return model


np.random.seed(3)
real = np.random.rand(64, 4, 4, 1) * 2 - 1
gan = GAN()
valid, fake = np.ones((16, 1)), np.zeros((16, 1))
losses = []
for epoch in range(8):
    imgs = real[np.random.randint(0, real.shape[0], 16)]
    noise = np.random.normal(0, 1, (16, gan.latent_dim))
    gen_imgs = gan.generator.predict(noise, verbose=0)
    d_loss_real = gan.discriminator.train_on_batch(imgs, valid)
    d_loss_fake = gan.discriminator.train_on_batch(gen_imgs, fake)
    d_loss = 0.5 * np.add(d_loss_real, d_loss_fake)
    g_loss = gan.combined.train_on_batch(noise, valid)
    print(
        "%d [D loss: %f, acc.: %.2f%%] [G loss: %f]" % (epoch, d_loss[0], 100 * d_loss[1], g_loss)
    )
    losses.append([*d_loss, g_loss])

np.savez(sys.argv[1], losses=losses, images=gen_imgs, trained=[len(gan.combined.trainable_weights)])
