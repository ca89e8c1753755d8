"""The packages, how each is installed, and where it is known to fail under Keras 2 as well."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Package:
    """A package and how to install it.

    Args:
        name: Name of the distribution; the program in `programs/` starts with use_.
        install: Requirements that are installed with what they need.
        alone: Requirements that are installed without what they ask for, because they pin versions
            of TensorFlow, Keras or NumPy that are long gone.
    """

    name: str
    install: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()

    @property
    def program(self):
        """File name of the program that uses the package."""
        return f"use_{self.name.replace('-', '_')}.py"


def _package(name, install=None, alone=""):
    return Package(name, (name if install is None else install).split(), alone.split())


BASE = (
    "tensorflow==2.21.*",
    "tf_keras==2.21.*",
    "tensorboard",
    "h5py",
    "pandas",
    "scikit-learn",
    "matplotlib",
)
PACKAGES = (
    _package("adversarial-robustness-toolbox", "", "adversarial-robustness-toolbox"),
    _package("aeon", "deprecated numba", "aeon"),
    _package("alibi-detect", "catalogue toml pydantic numba dill", "alibi-detect"),
    _package("csbdeep", "tifffile tqdm", "csbdeep"),
    _package("deepctr", "requests", "deepctr"),
    _package("deepface", "gdown opencv-python-headless fire", "deepface retina-face mtcnn"),
    _package("deepxde", "scikit-optimize", "deepxde"),
    _package("dice-ml", "jsonschema xgboost", "dice-ml"),
    _package("efficientnet", "scikit-image", "efficientnet keras-applications"),
    _package("focal-loss", "", "focal-loss"),
    _package("foolbox", "requests gitpython", "foolbox eagerpy"),
    _package("imbalanced-learn"),
    _package("innvestigate", "", "innvestigate"),
    _package("kapre", "librosa", "kapre"),
    _package("keract", "", "keract"),
    _package(
        "keras-bert",
        "",
        "keras-bert==0.89.0 keras-transformer==0.40.0 keras-pos-embd==0.13.0"
        " keras-multi-head==0.29.0 keras-layer-normalization==0.16.0"
        " keras-position-wise-feed-forward==0.8.0 keras-embed-sim==0.10.0"
        " keras-self-attention==0.51.0 keras-adabound==0.6.0 keras-radam==0.15.0",
    ),
    _package("keras-cv", "rich namex dm-tree", "keras-cv==0.9.0 keras-core tensorflow-datasets"),
    _package("keras-cv-attention-models", "tqdm", "keras-cv-attention-models"),
    _package("keras-efficientnet-v2", "", "keras-efficientnet-v2"),
    _package("keras-nlp", "rich namex dm-tree", "keras-nlp==0.6.4 keras-core"),
    _package("keras-resnet", "", "keras-resnet"),
    _package("keras-self-attention", "", "keras-self-attention==0.51.0"),
    _package("keras-tcn", "", "keras-tcn"),
    _package("keras-tuner"),
    _package("keras-unet-collection", "", "keras-unet-collection"),
    _package("larq", "terminaltables packaging", "larq"),
    _package("larq-zoo", "terminaltables packaging typeguard<3", "larq-zoo larq zookeeper"),
    _package("lime"),
    _package("livelossplot", "", "livelossplot"),
    _package("mlflow-skinny", "mlflow-skinny sqlalchemy alembic", ""),
    _package("mtcnn", "lz4 joblib", "mtcnn"),
    _package("openvino", "", "openvino openvino-telemetry"),
    _package("optuna", "optuna", "optuna-integration"),
    _package("qkeras", "pyparser networkx tqdm", "qkeras"),
    _package("scikeras", "packaging", "scikeras==0.12.0"),
    _package(
        "segmentation-models",
        "scikit-image",
        "segmentation-models efficientnet keras-applications image-classifiers",
    ),
    _package("shap"),
    _package("spektral", "networkx joblib tqdm lxml requests", "spektral"),
    _package("stardist", "numba scikit-image", "stardist csbdeep"),
    _package("talos", "chances statsmodels", "talos astetik"),
    _package("tensorflow-addons", "typeguard<3", "tensorflow-addons==0.23.0"),
    _package("tensorflow-gnn", "", "tensorflow-gnn"),
    _package("tensorflow-hub", "", "tensorflow-hub"),
    _package("tensorflow-lattice", "sortedcontainers", "tensorflow-lattice"),
    _package("tensorflow-model-optimization", "dm-tree six", "tensorflow-model-optimization"),
    _package("tensorflow-privacy", "dp-accounting", "tensorflow-privacy"),
    _package("tensorflow-probability"),
    _package("tensorflow-recommenders", "", "tensorflow-recommenders"),
    _package("tensorflowjs", "importlib_resources", "tensorflowjs tensorflow-decision-forests"),
    _package("tf-agents", "", "tf-agents gin-config gym==0.23.1 gym-notices"),
    _package("tf-explain", "opencv-python-headless", "tf-explain"),
    _package("tf-keras-vis", "", "tf-keras-vis"),
    _package("tf-models-official", "gin-config", "tf-models-official"),
    _package("tf2onnx", "onnx onnxruntime", "tf2onnx"),
    _package("transformers", "transformers<4.50", ""),
    _package("visualkeras", "aggdraw", "visualkeras"),
    _package("vit-keras", "typeguard<3", "vit-keras tensorflow-addons==0.23.0"),
    _package("wandb"),
)
