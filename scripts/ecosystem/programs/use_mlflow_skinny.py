"""Parameters, metrics and the model of a run, logged automatically."""

import mlflow
import numpy as np
from tensorflow import keras

mlflow.set_tracking_uri("sqlite:///runs.db")
x, y = np.random.rand(64, 4).astype("float32"), np.random.rand(64, 1)
model = keras.Sequential([keras.layers.Dense(8, input_shape=(4,)), keras.layers.Dense(1)])
model.compile("adam", "mse", metrics=["mae"])
mlflow.tensorflow.autolog(log_models=False, log_datasets=False)
with mlflow.start_run() as run:
    model.fit(x, y, validation_split=0.25, epochs=2, verbose=0)
    info = mlflow.tensorflow.log_model(model, name="model")
data = mlflow.get_run(run.info.run_id).data
assert data.params["epochs"] == "2" and {"loss", "mae", "val_loss"} <= set(data.metrics)
loaded = mlflow.tensorflow.load_model(info.model_uri)
np.testing.assert_allclose(loaded.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-5)
print("ok")
